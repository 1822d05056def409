"""What reviewers say, of predictions and of pairs of records: kept in a file, and compared with each other."""
