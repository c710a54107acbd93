#!/bin/sh
# Runs 9router's server without its command line, which would look for other instances and end them.
# usage: 9router-start.sh DIR PORT
set -eu
rm -rf "$1/data" && mkdir -p "$1/data"
export HOME="$1" DATA_DIR="$1/data" PORT="$2" HOSTNAME=127.0.0.1 NODE_ENV=production
cd "$1/node_modules/9router/app"
# Node 22 has SQLite built in; older ones need a native module.
exec "$1/node_modules/node/bin/node" custom-server.js
