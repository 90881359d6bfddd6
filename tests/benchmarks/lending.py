"""`python -m tests.benchmarks.lending [PART ...]`: bookings, scans and availability under load."""

from tests.benchmarks import lending_bookings, lending_core, lending_cpu, lending_desk, night
from tests.benchmarks.running import run_parts

if __name__ == "__main__":
    run_parts(
        "make bench-lending",
        {
            "cpu": lending_cpu.figures,
            "core": lending_core.figures,
            "bookings": lending_bookings.figures,
            "desk": lending_desk.figures,
            "night": night.figures,
        },
    )
