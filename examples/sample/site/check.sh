#!/bin/sh
# Every page must have a heading.
set -eu
for page in pages/*.html; do
    grep -q '<h1>' "$page" || { echo "$page has no heading" >&2; exit 1; }
    echo "$page is fine"
done
