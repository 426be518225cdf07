# shellcheck shell=bash disable=SC2034
# What the image's scripts share. Sourced first by each of them, from the repository's scripts/image.
. "$(dirname "$0")/../lib.sh"

# Everything of the image is in here; a test builds it a second time, elsewhere.
image=${RINGSIDE_IMAGE:-$root/dist/image}
rootfs=$image/rootfs
home=/opt/ringside
classes=src/main/image/classes.list
# The commit's time is every file's. Asked once: a cache does not take jars of another time, and says nothing.
moment=${RINGSIDE_IMAGE_MOMENT:-$(git log -1 --format=%ct)}
export RINGSIDE_IMAGE_MOMENT=$moment
