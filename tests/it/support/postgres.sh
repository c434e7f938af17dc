# A PostgreSQL server that lives as long as whoever holds this script's standard input open: when that
# process ends, even by SIGKILL, the server is stopped and its folder removed.
# $1: the folder of PostgreSQL's programs. Prints the folder of the server's socket when it is ready.
set -eu
dir=$(mktemp -d "${TMPDIR:-/tmp}/duenotice-test.XXXXXX")
pid=
end() {
    [ -z "$pid" ] || { kill -QUIT "$pid" && wait "$pid"; } || :
    rm -rf "$dir"
}
trap end EXIT
# Without a trap of their own these would end the script past its end.
trap : INT PIPE
fail() {
    cat "$dir/log" >&2
    exit 1
}
"$1/initdb" --no-sync -A trust -U postgres -E UTF8 --locale=C -D "$dir/data" >"$dir/log" 2>&1 || fail
# Nothing here must outlive a crash, so nothing waits for the disk.
"$1/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=200 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off >>"$dir/log" 2>&1 </dev/null &
pid=$!
until "$1/pg_isready" -q -h "$dir"; do
    kill -0 "$pid" 2>/dev/null || fail
    sleep 0.05
done
echo "$dir"
cat >/dev/null
