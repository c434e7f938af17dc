# A MariaDB server that lives as long as whoever holds this script's standard input open: when that
# process ends, even by SIGKILL, the server is stopped and its folder removed.
# $1: mariadb-install-db, $2: mariadbd, $3: mariadb-admin. Prints the server's socket when it is ready.
set -eu
dir=$(mktemp -d "${TMPDIR:-/tmp}/duenotice-test.XXXXXX")
pid=
end() {
    # The shell would say that the server was killed.
    exec 2>/dev/null
    [ -z "$pid" ] || { kill -KILL "$pid" && wait "$pid"; } || :
    rm -rf "$dir"
}
trap end EXIT
# Without a trap of their own these would end the script past its end.
trap : INT PIPE
fail() {
    cat "$dir/log" >&2
    exit 1
}
"$1" --no-defaults --datadir="$dir/data" --tmpdir="$dir" --skip-test-db \
    --auth-root-authentication-method=normal >"$dir/log" 2>&1 </dev/null || fail
# Nothing here must outlive a crash, so nothing waits for the disk.
"$2" --no-defaults --datadir="$dir/data" --tmpdir="$dir" --socket="$dir/socket" --pid-file="$dir/pid" \
    --skip-networking --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M \
    --character-set-server=utf8mb4 >>"$dir/log" 2>&1 </dev/null &
pid=$!
until "$3" --no-defaults --socket="$dir/socket" --user=root ping >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || fail
    sleep 0.05
done
echo "$dir/socket"
cat >/dev/null
