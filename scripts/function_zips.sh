#!/usr/bin/env bash
# Packs a function's zips: the launcher, and beside it all that the function needs in a root that has nothing else.
#   scripts/function_zips.sh BOOTSTRAP LAUNCHER FOLDER      the two programs, and where the zips go
# The same programs and Debian packages give the same bytes.
set -euo pipefail
bootstrap=$1 launcher=$2 out=$3
export LC_ALL=C TZ=UTC
umask 022

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/lib" "$stage/zoneinfo" "$out"

install -m 755 "$launcher" "$stage/bootstrap"
install -m 755 "$bootstrap" "$stage/lib/function"
strip --strip-all "$stage/bootstrap" "$stage/lib/function"

# Shared libraries by the names that the program asks for, and the loader: lines of ldd that hold a path.
ldd "$bootstrap" | grep -oE '/[^ ]+' | while read -r library; do
    install -m 755 "$library" "$stage/lib/${library##*/}"
done

# Time zones by their IANA names: neither lists nor the copies under posix/ and right/.
(cd /usr/share/zoneinfo && find -L . -type f -not -path './posix/*' -not -path './right/*' \
    -not -name posixrules -not -name localtime -print0) | while IFS= read -r -d '' zone; do
    [ "$(head -c 4 "/usr/share/zoneinfo/$zone")" = TZif ] || continue
    install -D -m 644 "/usr/share/zoneinfo/$zone" "$stage/zoneinfo/$zone"
done

# The authorities of AWS's endpoints (Amazon Trust Services), not all of the world's.
for name in Amazon_Root_CA_1 Amazon_Root_CA_2 Amazon_Root_CA_3 Amazon_Root_CA_4 Starfield_Services_Root_Certificate_Authority_-_G2; do
    cat "/usr/share/ca-certificates/mozilla/$name.crt"
done >"$stage/ca.pem"

# A zip has times from 1980 on, in no time zone.
find "$stage" -exec touch -h -d 1980-01-01T00:00:00 {} +
rm -f "$stage.zip"
(cd "$stage" && find . -type f -printf '%P\n' | sort | zip -q -X -D -9 "$stage.zip" -@)
for function in HealthCheck UpdateRouting RouteCall; do
    cp "$stage.zip" "$out/$function.zip.new"
    mv "$out/$function.zip.new" "$out/$function.zip"
done
rm -f "$stage.zip"
