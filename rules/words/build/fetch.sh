#!/bin/sh
# Fetches the lists that rules/words was chosen from into target/words, with npm, and unpacks them.
set -eu
mkdir -p target/words && cd target/words
npm pack --silent cuss@2.2.0 naughty-words@1.2.0
for package in cuss-2.2.0 naughty-words-1.2.0; do
    name=${package%-*}
    rm -rf "$name" && mkdir "$name" && tar xzf "$package.tgz" -C "$name" --strip-components 1
done
