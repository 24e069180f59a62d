"""The commands about workflows: started, looked at, decided on, ended; the same in both places."""
