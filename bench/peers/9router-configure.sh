#!/bin/sh
# Tells a fresh 9router of the upstream, through the API of its dashboard, and switches off what costs time.
# usage: 9router-configure.sh DIR PORT UPSTREAM
set -eu
jar="$1/data/cookies"
call() { curl -sS --fail --max-time 20 -b "$jar" -c "$jar" -H 'content-type: application/json' "$@"; }
api="http://127.0.0.1:$2/api"
# 123456 is the password that the dashboard ships with.
call -d '{"password":"123456"}' "$api/auth/login" > /dev/null
node=$(call -d "{\"name\":\"bench\",\"prefix\":\"bench\",\"apiType\":\"chat\",\"type\":\"openai-compatible\",\"baseUrl\":\"$3/v1\"}" "$api/provider-nodes" | grep -o 'openai-compatible-chat-[a-z0-9-]*' | head -1)
call -d "{\"provider\":\"$node\",\"apiKey\":\"x\",\"name\":\"bench\"}" "$api/providers" > /dev/null
call -X PATCH -d '{"requireApiKey":false,"rtkEnabled":false,"enableObservability":false}' "$api/settings" > /dev/null
