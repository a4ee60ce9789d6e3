# Sourced, after environment.sh, by the scripts that need a Docker engine: `need_docker` finds the one that runs, or starts
# one (installing it where that can be done without asking) and stops it when the script ends.

# Not the system's own socket: this engine is nobody else's.
ENGINE_RUN="${TMPDIR:-/tmp}/near-harness-dockerd"

docker_answers() { command -v docker > /dev/null && docker info > /dev/null 2>&1; }

need_docker() {
    if docker_answers; then return; fi
    # One that another run of these scripts has started and is about to stop would go away in the middle.
    as_root || die "No Docker engine answers: start it, or install it. On Debian and Ubuntu: apt-get install docker.io"
    # With what makes the base of the image, so that apt-get's lists are fetched once.
    command -v dockerd > /dev/null && command -v docker > /dev/null \
        || debian_install docker.io iptables ca-certificates debootstrap
    start_docker
}

start_docker() {
    local data="$CACHE/docker" log="$CACHE/docker.log" waited
    mkdir -p "$data" "$ENGINE_RUN"
    exec 9> "$CACHE/docker.lock"
    flock 9 # two engines cannot share a folder; it is released when this script has ended
    export DOCKER_HOST="unix://$ENGINE_RUN/docker.sock"
    say "starting a Docker engine of our own ($data)"
    setsid dockerd --data-root "$data" --exec-root "$ENGINE_RUN/exec" --pidfile "$ENGINE_RUN/docker.pid" \
        --host "$DOCKER_HOST" > "$log" 2>&1 9>&- &
    DOCKERD=$!
    trap stop_docker EXIT
    for waited in $(seq 60); do
        if docker_answers; then return; fi
        kill -0 "$DOCKERD" 2> /dev/null || break
        sleep 0.5
    done
    tail -n 20 "$log" >&2
    die "the Docker engine does not answer after $((waited / 2)) s; its log is $log"
}

stop_docker() {
    kill "$DOCKERD" 2> /dev/null || true
    wait "$DOCKERD" 2> /dev/null || true
    rm -rf "$ENGINE_RUN"
}
