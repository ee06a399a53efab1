# A release's program, whose own image no package registry has.
FROM localhost/debian
COPY metacontroller /usr/bin/metacontroller
USER 65532:65532
ENTRYPOINT ["/usr/bin/metacontroller"]
