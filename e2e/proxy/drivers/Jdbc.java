// What the JDBC driver does in life, through the door; prints what it saw, one `name=value` a line. Run as a source file:
//   java -cp postgresql.jar Jdbc.java jdbc:postgresql://127.0.0.1:PORT/shop
// User and password come from the environment.
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

public class Jdbc {
  interface Work {
    void run() throws Exception;
  }

  static void say(String name, Object value) {
    System.out.println(name + "=" + value);
  }

  /** The SQLSTATE with which it fails. */
  static String failure(Work work) throws Exception {
    try {
      work.run();
    } catch (SQLException error) {
      return error.getSQLState();
    }
    return "it did not fail";
  }

  static long single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", System.getenv("PGUSER"));
    properties.setProperty("password", System.getenv("PGPASSWORD"));
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("prepareThreshold", "1");
    properties.setProperty("ApplicationName", "JDBC proof");
    try (Connection connection = DriverManager.getConnection(args[0], properties)) {
      transactions(connection);
      prepared(connection);
      batches(connection);
      portals(connection);
      copies(connection);
      conversation(connection);
      cancels(connection);
    }
  }

  static void transactions(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create temp table stock (id int primary key, word text, amount numeric, raw bytea)");
      connection.setAutoCommit(false);
      statement.executeUpdate("insert into stock (id) values (1)");
      connection.rollback();
      say("after rollback", single(connection, "select count(*) from stock"));
      statement.executeUpdate("insert into stock (id, word) values (1, 'one')");
      var savepoint = connection.setSavepoint();
      say("duplicate", failure(() -> statement.executeUpdate("insert into stock (id) values (1)")));
      say("aborted", failure(() -> statement.executeQuery("select 1")));
      connection.rollback(savepoint);
      statement.executeUpdate("insert into stock (id, word) values (2, 'two')");
      connection.commit();
      say("after commit", single(connection, "select count(*) from stock"));
      connection.commit();
      connection.setAutoCommit(true);
      say("multi", statement.execute("select 1; update stock set amount = 1.50; select 2"));
      statement.getMoreResults();
      say("multi updated", statement.getUpdateCount());
    }
  }

  static void prepared(Connection connection) throws Exception {
    // From the first use on this is a named statement on the server, with parameters in binary.
    try (PreparedStatement insert = connection.prepareStatement("insert into stock values (?, ?, ?, ?)")) {
      for (int i = 10; i < 15; i++) {
        insert.setInt(1, i);
        insert.setString(2, "snö ☃ '" + i);
        insert.setBigDecimal(3, new java.math.BigDecimal("12345678901234567890.123"));
        insert.setBytes(4, new byte[] {0, (byte) i, -1});
        insert.executeUpdate();
      }
    }
    try (PreparedStatement pick = connection.prepareStatement("select word, amount, raw from stock where id = ?")) {
      for (int i = 10; i < 15; i++) {
        pick.setInt(1, i);
        try (ResultSet rows = pick.executeQuery()) {
          rows.next();
          if (i == 12) say("picked", rows.getString(1) + " " + rows.getBigDecimal(2) + " " + Arrays.toString(rows.getBytes(3)));
        }
      }
      pick.setInt(1, 99);
      try (ResultSet rows = pick.executeQuery()) {
        say("none", rows.next());
      }
    }
    try (PreparedStatement wrong = connection.prepareStatement("select 1 / ?")) {
      wrong.setInt(1, 0);
      say("division", failure(wrong::executeQuery));
      wrong.setInt(1, 1);
      try (ResultSet rows = wrong.executeQuery()) {
        rows.next();
        say("division again", rows.getInt(1));
      }
    }
    try (PreparedStatement broken = connection.prepareStatement("selec ?")) {
      broken.setInt(1, 1);
      say("syntax", failure(broken::executeQuery));
    }
    var columns = connection.getMetaData().getColumns(null, "shop", "orders", null);
    int count = 0;
    while (columns.next()) count++;
    say("columns", count);
  }

  static void batches(Connection connection) throws Exception {
    try (PreparedStatement insert = connection.prepareStatement("insert into stock (id, word) values (?, ?)")) {
      for (int i = 1000; i < 1300; i++) {
        insert.setInt(1, i);
        insert.setString(2, "batch " + i);
        insert.addBatch();
      }
      say("batch", Arrays.stream(insert.executeBatch()).sum());
      for (int i : new int[] {2000, 2001, 1000, 2002}) {
        insert.setInt(1, i);
        insert.setString(2, "again");
        insert.addBatch();
      }
      say("batch duplicate", failure(insert::executeBatch));
    }
    say("after batches", single(connection, "select count(*) from stock where id >= 1000"));
    try (Statement statement = connection.createStatement()) {
      for (int i = 0; i < 5; i++) statement.addBatch("update stock set word = 'b" + i + "' where id = 1");
      say("texts", Arrays.toString(statement.executeBatch()));
    }
  }

  static void portals(Connection connection) throws Exception {
    // A fetch size inside a transaction makes a portal that is executed again and again.
    connection.setAutoCommit(false);
    try (PreparedStatement walk = connection.prepareStatement("select id from stock where id >= ? order by id")) {
      walk.setFetchSize(50);
      walk.setInt(1, 1000);
      long sum = 0;
      int rows = 0;
      try (ResultSet result = walk.executeQuery()) {
        while (result.next()) {
          sum += result.getInt(1);
          rows++;
        }
      }
      say("walked", rows + " " + sum);
      // One that is left after its first fetch.
      try (ResultSet result = walk.executeQuery()) {
        result.next();
        say("first of walk", result.getInt(1));
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  static void copies(Connection connection) throws Exception {
    CopyManager copies = new CopyManager(connection.unwrap(org.postgresql.core.BaseConnection.class));
    say("copy in", copies.copyIn("copy stock (id, word) from stdin with csv", new StringReader("3000,\"a,b\"\n3001,☃\n")));
    StringWriter out = new StringWriter();
    say("copy out", copies.copyOut("copy (select id, word from stock where id >= 3000 order by id) to stdout", out));
    say("copied", out.toString().replace("\n", "|"));
    say("copy wrong", failure(() -> copies.copyIn("copy stock (id) from stdin", new StringReader("x\n"))));
    CopyIn left = copies.copyIn("copy stock (id) from stdin");
    left.writeToCopy("4000\n".getBytes(), 0, 5);
    left.cancelCopy();
    say("copy given up", single(connection, "select count(*) from stock where id = 4000"));
    StringBuilder big = new StringBuilder();
    for (int i = 10000; i < 30000; i++) big.append(i).append('\t').append("x".repeat(100)).append('\n');
    say("copy big", copies.copyIn("copy stock (id, word) from stdin", new StringReader(big.toString())));
  }

  static void conversation(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("do $$ begin raise warning 'heard'; end $$");
      say("warning", statement.getWarnings().getMessage());
      statement.execute("listen proof");
      statement.execute("notify proof, 'payload'");
      PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(10_000);
      say("notified", heard[0].getName() + " " + heard[0].getParameter());
    }
  }

  static void cancels(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      // Again and again, because the first may come before the statement.
      Thread stop = new Thread(() -> {
        try {
          while (true) {
            Thread.sleep(300);
            statement.cancel();
          }
        } catch (InterruptedException over) {
          // The statement has ended.
        } catch (SQLException error) {
          say("could not cancel", error);
        }
      });
      stop.start();
      say("cancelled", failure(() -> statement.executeQuery("select pg_sleep(60)")));
      stop.interrupt();
      stop.join();
      say("after cancel", single(connection, "select 42"));
      statement.setQueryTimeout(1);
      say("timed out", failure(() -> statement.executeQuery("select pg_sleep(61)")));
      statement.setQueryTimeout(0);
      say("after timeout", single(connection, "select 43"));
    }
    try (PreparedStatement sleep = connection.prepareStatement("select pg_sleep(?)")) {
      sleep.setInt(1, 62);
      sleep.setQueryTimeout(1);
      say("prepared timed out", failure(sleep::executeQuery));
    }
    say("after all", single(connection, "select 44"));
  }
}
