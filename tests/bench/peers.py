"""The same days counted with numpy and QuantLib, beside what `cargo bench --bench business_days` left.

Arguments: the folder that the bench wrote to, and the code of a calendar with weekends on Saturday and
Sunday. Prints one table; ends with an error when any program gives another day.
"""

import os
import platform
import sys
import time

import numpy
import QuantLib as ql

ROUNDS = 5


def main():
    folder, code = sys.argv[1:]

    def lines(name):
        with open(os.path.join(folder, f"{code}.{name}"), encoding="utf-8") as file:
            return file.read().split("\n")[:-1]

    days, expected, holidays = lines("days"), lines("results"), lines("holidays")
    timings = {name: float(ns) for name, ns in (line.split() for line in lines("timings"))}
    rows = [("ours", timings["ours"]), ("bdays 0.1.4, cached", timings["bdays"])]

    # Day zero is not counted, whatever day it is. numpy refuses a free day unless it is told how to
    # roll: back, so that the first day counted is the first business day after it.
    calendar = numpy.busdaycalendar(holidays=holidays)
    array = numpy.array(days, dtype="datetime64[D]")
    found, ns = measure(
        lambda: numpy.busday_offset(array, 7, roll="backward", busdaycal=calendar), len(days)
    )
    agree("numpy", found, numpy.array(expected, dtype="datetime64[D]"))
    rows.append((f"numpy {numpy.__version__} busday_offset, all at once", ns))

    # QuantLib steps to the next business day seven times, from free days too, so it needs no roll.
    austria = ql.BespokeCalendar(code)
    for weekday in (ql.Saturday, ql.Sunday):
        austria.addWeekend(weekday)
    for day in holidays:
        austria.addHoliday(date(day))
    starts = [date(day) for day in days]
    found, ns = measure(lambda: [austria.advance(day, 7, ql.Days) for day in starts], len(days))
    agree("QuantLib", [day.serialNumber() for day in found],
          [date(day).serialNumber() for day in expected])
    rows.append((f"QuantLib-Python {ql.__version__} advance, one by one", ns))

    print(f"7 business days after each of {len(days):,} days, calendar {code}; all four agree")
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"{'':48} {'ns a day':>9} {'days a second':>15} {'against ours':>13}")
    for name, ns in rows:
        print(f"{name:48} {ns:>9.1f} {1e9 / ns:>15,.0f} {ns / rows[0][1]:>12.1f}x")


def date(text):
    year, month, day = text.split("-")
    return ql.Date(int(day), int(month), int(year))


def measure(work, count):
    """The results, and the nanoseconds for each day in the fastest of a few rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - begun)
    return found, best * 1e9 / count


def agree(name, found, expected):
    if not len(found) == len(expected) or not numpy.array_equal(found, expected):
        first = next(i for i, pair in enumerate(zip(found, expected)) if pair[0] != pair[1])
        sys.exit(f"{name} gives another day than ours in line {first + 1}: "
                 f"{found[first]} instead of {expected[first]}")


if __name__ == "__main__":
    main()
