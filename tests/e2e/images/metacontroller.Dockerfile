# A release's program, whose own image no package registry has.
ARG BASE=localhost/debian
FROM ${BASE}
COPY metacontroller /usr/bin/metacontroller
USER 65532:65532
ENTRYPOINT ["/usr/bin/metacontroller"]
