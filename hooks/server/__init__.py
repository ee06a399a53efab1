"""The hook server: Metacontroller's wire format, what each path calls, and Flask around it."""
