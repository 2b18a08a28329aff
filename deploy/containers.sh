# Sourced by what runs buildah and podman: settings with which both work as root without systemd, a daemon or a registry.
# Another CONTAINERS_CONF counts.
if [ -z "${CONTAINERS_CONF:-}" ]; then
    CONTAINERS_CONF="${XDG_CACHE_HOME:-$HOME/.cache}/caravan/containers.conf"
    mkdir -p "$(dirname "$CONTAINERS_CONF")"
    cat >"$CONTAINERS_CONF" <<'END'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
END
    export CONTAINERS_CONF
fi
