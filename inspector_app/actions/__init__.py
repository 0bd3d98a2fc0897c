"""What a person can do: short functions over an open transaction, without commit, try, signal or clock."""
