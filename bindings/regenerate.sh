#!/usr/bin/env bash
# Regenerates the bindings from the headers of the very jars whose libraries are shipped.
# Needs: mvn, unzip, and a jextract for JDK 25 on the PATH (a development tool; it is not part of the build).
# To take in more symbols, add them to symbols/*.txt (jextract --dump-includes lists what there is) and run this again.
set -euo pipefail
cd "$(dirname "$0")"
command -v jextract >/dev/null || { echo "jextract is not on the PATH: build openjdk/jextract for JDK 25" >&2; exit 1; }

version() { sed -n "s|.*<$1.carrier.version>\(.*\)</$1.carrier.version>.*|\1|p" ../pom.xml; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=src/main/java
rm -rf "$out/io"

# generate NAME ARTIFACT VERSION HEADER CLASS
generate() {
    (cd "$work" && mvn -q dependency:copy -Dartifact="org.bytedeco:$2:$3:jar:linux-x86_64" -DoutputDirectory=.)
    unzip -qo "$work/$2-$3-linux-x86_64.jar" 'org/bytedeco/*/linux-x86_64/include/*' -d "$work"
    local include="$work/org/bytedeco/$2/linux-x86_64/include"
    grep -v '^#' "symbols/$1.txt" | tr ' ' '\n' >"$work/$1.args"
    jextract -I "$include" --output "$out" --target-package "io.chagres.bindings.$1" --header-class-name "$5" \
        "@$work/$1.args" "$include/$4"
}
generate openblas openblas "$(version openblas)" cblas.h OpenBlas
generate lapack openblas "$(version openblas)" lapacke.h Lapacke
generate onednn dnnl "$(version onednn)" oneapi/dnnl/dnnl.h OneDnn

cp -R package-docs/. "$out/"
