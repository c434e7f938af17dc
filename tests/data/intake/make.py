"""Makes the sample files of this folder, and expected.json: what Python reads from them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install pyarrow==26.0.1
    /tmp/venv/bin/python make.py

The names, addresses and numbers are invented.
"""

import csv
import datetime as dt
import decimal
import gzip
import io
import json
import pathlib
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
expected = {}


def rows_of_csv(text, delimiter):
    rows = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if r]
    return {"columns": rows[0], "rows": [[f or None for f in r] for r in rows[1:]]}


def sample_csv(name, text, encoding, delimiter, bom=b""):
    data = bom + text.encode(encoding)
    (here / name).write_bytes(data)
    expected[name] = rows_of_csv(text, delimiter)


sample_csv(
    "accounts.csv",
    "user_id,email,name,country,created_at\r\n"
    'c-1001,anna@example.at,"Berger, Anna",AT,2024-05-01T08:30:00Z\r\n'
    'c-1002,b.o@example.ie,"O""Neill",IE,2025-01-31T23:59:59Z\r\n'
    'c-1003,,"Novak\n(formerly Nováková)",SI,\r\n'
    "c-1004,zoë@example.org,Zoë,NL,2026-10-01T00:00:00+02:00\r\n",
    "utf-8",
    ",",
)
sample_csv(
    "kunden.csv",
    "Kundennr;Name;Straße;Umsatz\r\n"
    "1;Müller;Bäckergasse 3;1,50\r\n"
    "2;Groß;Königsplatz 7;12,00\r\n"
    "3;Jäger;Am Üferweg 2;0,99 €\r\n",
    "windows-1252",
    ";",
)
sample_csv("orders_utf16.csv", "order\tat\tnote\n17\t2026-10-01\tGrüße ☃\n18\t2026-10-02\t\n",
           "utf-16-le", "\t", b"\xff\xfe")
sample_csv("orders_bom.csv", "order|at\n17|2026-10-01\n", "utf-8", "|", b"\xef\xbb\xbf")

# UTF-8, but the third line was put in by a program that writes windows-1252.
(here / "mixed.csv").write_bytes(
    "id,name\n1,Jäger\n".encode() + "2,Müller\n".encode("windows-1252") + "3,Groß\n".encode()
)

orders = [
    {"id": 9007199254740993, "customer": {"id": "c-1001", "vip": True}, "total": 19.5, "lines": [1, 2]},
    {"id": 2, "customer": {"id": "c-1002"}, "note": 'a "quote" and a ☃\n'},
    {"id": 3, "customer": None, "total": None},
]
lines = [json.dumps(o) + "\n" for o in orders]
# Two members, as `cat a.gz b.gz` makes them.
(here / "orders.jsonl.gz").write_bytes(
    gzip.compress("".join(lines[:2]).encode(), mtime=0) + gzip.compress(lines[2].encode(), mtime=0)
)
with pa.CompressedOutputStream(str(here / "orders.jsonl.zst"), "zstd") as out:
    out.write("".join(lines).encode())
jsonl = {
    "columns": ["id", "customer.id", "customer.vip", "total", "lines", "note", "customer"],
    "rows": [
        ["9007199254740993", "c-1001", "true", "19.5", "[1, 2]", None, None],
        ["2", "c-1002", None, None, None, 'a "quote" and a ☃\n', None],
        ["3", None, None, None, None, None, None],
    ],
}
expected["orders.jsonl.gz"] = expected["orders.jsonl.zst"] = jsonl

utc = dt.timezone.utc
at = dt.datetime(2026, 10, 1, 12, 30, 15, 123456)
table = pa.table(
    {
        "id": pa.array([9007199254740993, -1, None], pa.int64()),
        "text": pa.array(["Zoë", "", None]),
        "day": pa.array([dt.date(2026, 10, 1), dt.date(1969, 12, 31), None]),
        "seen_utc": pa.array([at.replace(tzinfo=utc), dt.datetime(1960, 1, 1, tzinfo=utc), None],
                             pa.timestamp("us", "UTC")),
        "seen_local": pa.array([at.replace(microsecond=0), dt.datetime(1960, 1, 1), None], pa.timestamp("ms")),
        "seen_nanos": pa.array([1790857815123456789, 0, None], pa.timestamp("ns", "UTC")),
        "clock": pa.array([dt.time(23, 59, 59, 500000), dt.time(0), None], pa.time64("us")),
        "price": pa.array([decimal.Decimal("19.90"), decimal.Decimal("-0.05"), None], pa.decimal128(12, 2)),
        "share": pa.array([0.5, 1e-7, None], pa.float64()),
        "member": pa.array([True, False, None]),
        "key": pa.array([uuid.UUID(int=1).bytes, uuid.UUID(int=2**127).bytes, None], pa.uuid()),
        "small": pa.array([200, 0, None], pa.uint8()),
        "address": pa.array([{"city": "Wien", "zip": "1010"}, {"city": None, "zip": "x"}, None]),
        "tags": pa.array([["a", "b\"c"], [], None]),
        "scores": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int32())),
    }
)
pq.write_table(table, here / "types.parquet", compression="snappy")
expected["types.parquet"] = {
    "columns": [
        "id", "text", "day", "seen_utc", "seen_local", "seen_nanos", "clock", "price", "share", "member",
        "key", "small", "address.city", "address.zip", "tags", "scores",
    ],
    "rows": [
        [
            "9007199254740993", "Zoë", "2026-10-01", "2026-10-01T12:30:15.123456Z", "2026-10-01T12:30:15",
            "2026-10-01T12:30:15.123456789Z", "23:59:59.500", "19.90", "0.5", "true",
            str(uuid.UUID(int=1)), "200", "Wien", "1010", '["a","b\\"c"]', '{"a":1}',
        ],
        [
            "-1", "", "1969-12-31", "1960-01-01T00:00:00Z", "1960-01-01T00:00:00", "1970-01-01T00:00:00Z",
            "00:00:00", "-0.05", "0.0000001", "false", str(uuid.UUID(int=2**127)), "0", None, "x", "[]", "{}",
        ],
        [None] * 16,
    ],
}
assert dt.datetime.fromtimestamp(1790857815, utc).isoformat() == "2026-10-01T12:30:15+00:00"
pq.write_table(
    pa.table({"user_id": [f"c-{n}" for n in range(5000)], "n": list(range(5000))}),
    here / "groups.parquet", compression="zstd", row_group_size=1000,
)

(here / "access.log").write_text(
    '203.0.113.7 - 4711 [03/Nov/2026:02:14:07 +0100] "GET /admin HTTP/1.1" 200 5120 "-" "curl/8.5.0"\n'
    '203.0.113.7 - 4711 [03/Nov/2026:02:15:00 +0100] "GET /export/orders?from=2026-10-01&to=2026-10-14 HTTP/1.1"'
    ' 200 918273 "-" "curl/8.5.0"\n'
    '203.0.113.7 - 4711 [03/Nov/2026:02:15:30 +0100] "GET /orders/A%2F17 HTTP/1.1" 200 812 "-" "curl/8.5.0"\n'
    '203.0.113.7 - - [03/Nov/2026:02:15:31 +0100] "\\x16\\x03\\x01" 400 0 "-" "-"\n'
)

(here / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
