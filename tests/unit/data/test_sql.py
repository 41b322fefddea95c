"""What a failure of SQL may tell."""

import duckdb
import pytest

from qbr_lib.data.sql import without_values


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "CAST(owner AS INT)",
            "Conversion Error: Could not convert string '…' to INT32 when casting from source "
            "column owner",
        ),
        (
            "CAST(owner AS DATE)",
            "Conversion Error: invalid date field format: '…', expected format is (YYYY-MM-DD) "
            "when casting from source column owner",
        ),
        ("strptime(owner, '%d')", "Invalid Input Error: a value does not fit"),
        ("error(owner)", "Invalid Input Error: a value does not fit"),
        ('"Owner Name"', 'Binder Error: Referenced column "Owner Name" not found in FROM clause!'),
    ],
)
def test_no_value_is_told(expression, message):
    """The column and the kind of fault are told, the value is not: it may be a name."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 'Änne O''Über' AS owner")
    with pytest.raises(duckdb.Error) as caught:
        connection.sql(f"SELECT {expression} FROM t").fetchall()
    assert without_values(str(caught.value)).splitlines()[0] == message


@pytest.mark.parametrize("line", ["3,Änne Über,4", '3,"Änne Über'], ids=["fields", "quote"])
def test_no_line_is_told(tmp_path, line):
    """The number of a line that does not fit is told, the line is not."""
    (tmp_path / "t.csv").write_text(f"a,b\n1,2\n{line}\n4,5\n", encoding="utf-8")
    with pytest.raises(duckdb.Error) as caught:
        duckdb.sql(
            f"SELECT * FROM read_csv('{tmp_path}/t.csv', header = true, auto_detect = false, "
            "columns = {a: 'VARCHAR', b: 'VARCHAR'}, quote = '\"')"
        ).fetchall()
    assert "Über" in str(caught.value)
    told = without_values(str(caught.value))
    assert "CSV Error on Line: 3" in told
    assert "Über" not in told


def test_a_database_names_no_value():
    """PostgreSQL's message about a value tells its type alone; one about a table tells the table."""
    wrong = 'ERROR:  invalid input syntax for type integer: "Änne Über"'
    assert without_values(wrong) == "ERROR:  invalid input syntax for type integer: '…'"
    missing = 'ERROR:  relation "deals" does not exist'
    assert without_values(missing) == missing
