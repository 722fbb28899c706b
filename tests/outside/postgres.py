"""A PostgreSQL server of one's own, where it is installed."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile


def programs():
    """The folder of the newest installed server's programs; Debian keeps them off the path."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    initdb = found[-1] if found else shutil.which("initdb")
    return os.path.dirname(initdb) if initdb else None


class Postgres:
    """Runs until it is stopped. Nothing here is about crashes of the machine, so nothing is forced to disk."""

    def __init__(self):
        self.bin = programs()
        assert self.bin, "PostgreSQL is not installed"
        self.folder = tempfile.mkdtemp(prefix="mainstay-outside-pg-")
        self.data = f"{self.folder}/data"
        self.prefix = []
        os.mkdir(self.data, 0o700)
        os.chmod(self.folder, 0o755)
        if os.getuid() == 0:
            # It refuses to be root.
            user = pwd.getpwnam("postgres")
            self.prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]
            for path in (self.folder, self.data):
                os.chown(path, user.pw_uid, user.pw_gid)
        self.run("initdb", "-D", self.data, "-U", "mainstay", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        with open(f"{self.data}/postgresql.conf", "a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nfsync = off\nfull_page_writes = off\n"
            )
        self.run("pg_ctl", "-D", self.data, "-l", f"{self.data}/server.log", "-w", "start")
        self.run("createdb", "-h", self.folder, "-U", "mainstay", "-T", "template0", "mainstay")
        self.url = f"postgres://mainstay@/mainstay?host={self.folder}"

    def run(self, program, *arguments):
        command = [*self.prefix, f"{self.bin}/{program}", *arguments]
        subprocess.run(command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def sql(self, text):
        self.run("psql", "-h", self.folder, "-U", "mainstay", "-d", "mainstay", "-c", text)

    def restart(self):
        """Whoever is connected loses the connection."""
        self.run("pg_ctl", "-D", self.data, "-l", f"{self.data}/server.log", "-m", "fast", "-w", "restart")

    def halt(self):
        """Away until it is started again."""
        self.run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def go_on(self):
        self.run("pg_ctl", "-D", self.data, "-l", f"{self.data}/server.log", "-w", "start")

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
