# What holds a Pod's namespaces.
FROM localhost/debian
ENTRYPOINT ["sleep", "infinity"]
