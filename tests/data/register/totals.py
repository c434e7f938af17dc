#!/usr/bin/env python3
"""Totals over the register, worked out without the program: own calendars, own counting, Python only.

Run it in this folder; what it prints is kept in totals.json. Nothing but the standard library is used.
"""

import csv
import datetime as dt
import json
import math
import zoneinfo

ZONE = zoneinfo.ZoneInfo("America/Los_Angeles")
UTC = dt.timezone.utc
DAY = dt.timedelta(days=1)


def easter(year):
    """Sunday of Easter (anonymous Gregorian algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return dt.date(year, month, (h - m + r + month + 19) % 32)


def nth(year, month, weekday, n):
    """The n-th such weekday of a month; the last for n = -1."""
    days = [dt.date(year, month, 1) + i * DAY for i in range(31)]
    days = [d for d in days if d.month == month and d.weekday() == weekday]
    return days[n - 1] if n > 0 else days[n]


def austria(year):
    """ARG section 7(2)."""
    fixed = [(1, 1), (1, 6), (5, 1), (8, 15), (10, 26), (11, 1), (12, 8), (12, 25), (12, 26)]
    sunday = easter(year)
    return {dt.date(year, m, d) for m, d in fixed} | {sunday + n * DAY for n in (1, 39, 50, 60)}


def colorado(year):
    """C.R.S. 24-11-101: Sunday moves to Monday, Saturday to nothing."""
    days = [dt.date(year, m, d) for m, d in [(1, 1), (7, 4), (11, 11), (12, 25)]]
    if year >= 2022:
        days.append(dt.date(year, 6, 19))
    days = {d + DAY if d.weekday() == 6 else d for d in days}
    days |= {nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 5, 0, -1), nth(year, 9, 0, 1)}
    days.add(nth(year, 10, 0, 1) if year >= 2020 else nth(year, 10, 0, 2))
    days.add(nth(year, 11, 3, 4))
    return days


FREE = {name: set().union(*(rule(y) for y in range(2013, 2030)))
        for name, rule in (("AT", austria), ("US-CO", colorado))}


def seventh(day, free):
    left = 7
    while left:
        day += DAY
        left -= day.weekday() < 5 and day not in free
    return day


def midnight(day):
    return dt.datetime.combine(day, dt.time(), ZONE).astimezone(UTC)


def promise(aware, submitted):
    return by_day(min(seventh(aware, free) for free in FREE.values()), submitted)


def thirty(aware, submitted):
    return by_day(aware + 30 * DAY, submitted)


def by_day(last, submitted):
    return (last, "on_time", None) if submitted <= last else (last, "late", (submitted - last).days)


def seventy_two(aware, submitted):
    hours = dt.timedelta(hours=72)
    noon = dt.datetime.combine(aware, dt.time(12), ZONE).astimezone(UTC)
    last = (noon + hours).astimezone(ZONE).date()
    if midnight(submitted + DAY) <= midnight(aware) + hours:
        return last, "on_time", None
    if midnight(submitted) >= midnight(aware + DAY) + hours:
        return last, "late", (submitted - last).days
    return last, "cannot_be_told", None


def percentile(values, percent):
    """Nearest rank."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1] if values else None


def day(text):
    return dt.datetime.strptime(text, "%Y %b %d %I:%M:%S %p").date() if text else None


def main():
    with open("washington_ag_notices_2026-08-13.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    dated = [(day(r["DateAware"]), day(r["DateSubmitted"]),
              int(r["WashingtoniansAffected"].replace(",", "") or 0)) for r in rows]
    dated = [r for r in dated if r[0] and r[1]]
    totals = {"rows": len(rows), "dated": len(dated)}
    for name, clock in (("promise_7bd", promise), ("days_30", thirty), ("hours_72", seventy_two)):
        found = [(*clock(a, s), people) for a, s, people in dated]
        late = [n for _, outcome, n, _ in found if outcome == "late"]
        totals[name] = {
            "on_time": sum(o == "on_time" for _, o, _, _ in found),
            "late": len(late),
            "cannot_be_told": sum(o == "cannot_be_told" for _, o, _, _ in found),
            "median_late": percentile(late, 50),
            "p90_late": percentile(late, 90),
            "sum_late": sum(late),
            "people_in_late": sum(p for _, o, _, p in found if o == "late"),
            # The sum of all last days, as days since 1970: one wrong day would change it.
            "sum_last_day": sum((last - dt.date(1970, 1, 1)).days for last, _, _, _ in found),
        }
    print(json.dumps(totals, indent=1))


if __name__ == "__main__":
    main()
