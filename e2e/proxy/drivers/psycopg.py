"""What Python's psycopg2 does in life, through the door; prints what it saw as one JSON object.

Connects with libpq's own variables (PGHOST, PGPORT, …). The test compares every value and looks at the log beside it.
"""

import io
import json
import select
import threading
import time

import psycopg2
import psycopg2.extras

seen = {}


def failure(work):
    """The SQLSTATE with which it fails."""
    try:
        work()
    except psycopg2.Error as error:
        return error.pgcode
    return "it did not fail"


connection = psycopg2.connect(application_name="psycopg proof")
cursor = connection.cursor()

# Transactions: psycopg2 begins one by itself.
cursor.execute("create temp table stock (id int primary key, word text, raw bytea)")
connection.commit()
cursor.execute("insert into stock values (%s, %s, %s)", (1, "snö ☃ 'quoted' \\ %", psycopg2.Binary(b"\x00\xff'\\")))
cursor.execute("select word, raw from stock")
word, raw = cursor.fetchone()
seen["unicode"], seen["bytes"] = word, bytes(raw).hex()
connection.rollback()
cursor.execute("select count(*) from stock")
seen["after rollback"] = cursor.fetchone()[0]
with connection:
    cursor.execute("insert into stock (id, word) select i, 'w' || i from generate_series(1, 25) i")
    seen["inserted"] = cursor.rowcount
seen["duplicate"] = failure(lambda: cursor.execute("insert into stock (id) values (1)"))
seen["aborted"] = failure(lambda: cursor.execute("select 1"))
connection.rollback()

# A server-side cursor reads 25 rows in fetches of 10.
named = connection.cursor("walk")
named.itersize = 10
named.execute("select id from stock order by id")
seen["named cursor"] = sum(row[0] for row in named)
named.close()
connection.commit()

# Prepared statements, as SQL.
cursor.execute("prepare pick (int) as select word from stock where id = $1")
cursor.execute("execute pick (%s)", (7,))
seen["prepared"] = cursor.fetchone()[0]
cursor.execute("deallocate pick")
connection.commit()

# Many rows with one text.
psycopg2.extras.execute_values(cursor, "insert into stock (id, word) values %s", [(i, f"v{i}") for i in range(100, 200)])
seen["values"] = cursor.rowcount
psycopg2.extras.execute_batch(cursor, "update stock set word = %s where id = %s", [(f"b{i}", i) for i in range(100, 150)])
connection.commit()

# COPY both ways, and one that the client gives up.
out = io.StringIO()
cursor.copy_expert("copy (select id, word from stock where id <= 3 order by id) to stdout with csv header", out)
seen["copy out"] = out.getvalue()
cursor.copy_expert("copy stock (id, word) from stdin with (format csv)", io.StringIO("300,\"a,b\"\n301,☃\n"))
seen["copy in"] = cursor.rowcount
connection.commit()
seen["copy wrong"] = failure(lambda: cursor.copy_expert("copy stock (id) from stdin", io.StringIO("x\n")))
connection.rollback()


class Broken:
    def read(self, size):
        raise OSError("the file is gone")


seen["copy given up"] = failure(lambda: cursor.copy_expert("copy stock (id) from stdin", Broken()))
connection.rollback()
big = io.StringIO("".join(f"{i}\t{'x' * 100}\n" for i in range(1000, 21000)))
cursor.copy_expert("copy stock (id, word) from stdin", big)
seen["copy big"] = cursor.rowcount
connection.commit()

# Without transactions.
connection.autocommit = True
cursor.execute("select count(*), sum(length(word)) from stock where id >= 1000")
seen["sum"] = list(cursor.fetchone())
seen["syntax"] = failure(lambda: cursor.execute("selec 1"))
cursor.execute("do $$ begin raise notice 'heard'; end $$")
seen["notice"] = connection.notices[-1].strip()
cursor.execute("listen proof")
cursor.execute("notify proof, 'payload'")
for _ in range(100):
    connection.poll()
    if connection.notifies:
        break
    select.select([connection], [], [], 0.1)
seen["notified"] = [(n.channel, n.payload) for n in connection.notifies]

# Cancel from another thread, again and again, because the first may come before the statement; the connection goes on.
asleep = threading.Event()


def stop():
    while not asleep.wait(0.3):
        connection.cancel()


stopping = threading.Thread(target=stop)
stopping.start()
began = time.monotonic()
seen["cancelled"] = failure(lambda: cursor.execute("select pg_sleep(60)"))
seen["cancelled soon"] = time.monotonic() - began < 50
asleep.set()
stopping.join()
cursor.execute("select 'still here'")
seen["after cancel"] = cursor.fetchone()[0]
connection.close()

print(json.dumps(seen))
