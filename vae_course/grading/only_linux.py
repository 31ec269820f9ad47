"""Where submissions can be graded."""

ONLY_LINUX = (
    "answers are graded on Linux, where a process can be forked and kept within limits: on Windows that is inside WSL, "
    "on macOS in a container or on a server"
)
