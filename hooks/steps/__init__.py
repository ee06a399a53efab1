"""The steps: one module each with one function, and the two engines that move them on.

`runs` is the engine for Jobs, `workloads` that for StatefulSets. Both take the child as it would be
made now, or why it cannot be, and return an `Outcome`.
"""
