# static files.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM scratch
COPY public /site
