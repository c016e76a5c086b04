#!/bin/sh
# Builds the whole site into one page: dist/site.html. The same sources give the same bytes.
set -eu
mkdir -p dist
{
    echo '<!doctype html>'
    echo '<html lang="en"><head><meta charset="utf-8"><title>Lighthouse</title>'
    echo '<style>'
    cat style.css
    echo '</style></head><body>'
    cat pages/*.html
    echo '</body></html>'
} >dist/site.html
echo "built dist/site.html: $(wc -c <dist/site.html) bytes"
