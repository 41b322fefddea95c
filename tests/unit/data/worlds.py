"""Small random organisations, exported as a CRM shows them on a day."""

import datetime as dt

import numpy as np
import pandas as pd

FIRST = dt.date(2026, 1, 1)
TEAMS = ("nord", "sued")


class World:
    """Deals that change hands between reps who change teams."""

    def __init__(self, seed, deals=40, reps=6):
        random = np.random.default_rng(seed)
        self.reps = [(f"r-zx99{n:02d}", random.choice(TEAMS), "2025-01-01") for n in range(reps)]
        for n in random.choice(reps, 2, replace=False):  # to the other team, on a day of its own
            rep, team, _ = self.reps[n]
            day = FIRST + dt.timedelta(days=int(random.integers(60, 240)))
            self.reps.append((rep, TEAMS[team == "nord"], day.isoformat()))
        self.deals, self.moves, self.last = [], [], {}
        for n in range(deals):
            born = int(random.integers(0, 240))
            end = born + int(random.integers(5, 200))
            owner = self.last[n] = f"r-zx99{random.integers(0, reps):02d}"
            status = random.choice(["won", "lost", "open"])
            amount = float(random.integers(1, 999))
            self.deals.append((f"d{n:02d}", born, end, owner, status, amount))
            for day in sorted(random.integers(born + 1, end + 1, random.integers(0, 3))):
                new = f"r-zx99{random.integers(0, reps):02d}"
                if new != self.last[n]:
                    self.moves.append((f"d{n:02d}", int(day), self.last[n], new))
                    self.last[n] = new

    def export(self, day, *, events):
        """Return the CSV files of a day; one deal is born on it, so that it is the newest."""
        today = (day - FIRST).days
        rows = [self._row(deal, today) for deal in self.deals if deal[1] <= today]
        rows.append({"opportunity_id": f"x{today}", "team_id": "nord", "status": "open"})
        rows[-1] |= {"created_on": day.isoformat(), "owner_id": "r-zx9900", "amount": "1.00"}
        files = {
            "opportunities.csv": pd.DataFrame(rows),
            "teams.csv": pd.DataFrame({"team_id": TEAMS, "name": TEAMS, "group": "all"}),
            "reps.csv": pd.DataFrame(self.reps, columns=["rep_id", "team_id", "joined_on"]),
        }
        if events:
            told = [move for move in self.moves if move[1] <= today]
            frame = pd.DataFrame(told, columns=["opportunity_id", "at", "old_value", "new_value"])
            frame["changed_at"] = [f"{_day(at)} 08:00:00" for at in frame["at"]]
            files["opportunity_events.csv"] = frame.drop(columns="at").assign(field="owner_id")
        return {name: frame.to_csv(index=False) for name, frame in files.items()}

    def _row(self, deal, today):
        name, born, end, owner, status, amount = deal
        for moved, at, _, new in self.moves:
            owner = new if moved == name and at <= today else owner
        closed = status != "open" and end <= today
        return {
            "opportunity_id": name,
            "team_id": "nord",
            "status": status if closed else "open",
            "created_on": _day(born),
            "closed_on": _day(end) if closed else "",
            "expected_close_on": _day(end),
            "owner_id": owner,
            "amount": f"{amount:.2f}",
            "territory": f"T{int(name[1:]) % 5}",
        }


def _day(number):
    return (FIRST + dt.timedelta(days=number)).isoformat()
