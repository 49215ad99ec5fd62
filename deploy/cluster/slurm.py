"""Start workers as Slurm jobs, and the scheduler in this process, until it is ended with Ctrl-C.

    python slurm.py --certificates certificates --jobs 4 --cores 16

It needs `pip install dask-jobqueue`. Certificates and the course's environment must lie where the machines
that Slurm chooses see them under the same path.
"""

import argparse
import signal
import sys
from pathlib import Path

import dask
from dask_jobqueue import SLURMCluster
from distributed.security import Security

SETTINGS = Path(__file__).resolve().with_name("dask.yaml")


def cluster(certificates: Path, cores: int, port: int) -> SLURMCluster:
    """Return the cluster, without jobs yet: one worker a job, one judging process a core."""
    files = {
        f"tls_{role}_{part}": str(certificates / f"{role}.{ending}")
        for role in ("scheduler", "worker")
        for part, ending in (("cert", "pem"), ("key", "key"))
    }
    grader = {f"tls_client_{part}": files[f"tls_scheduler_{part}"] for part in ("cert", "key")}
    return SLURMCluster(
        cores=cores,
        processes=1,
        memory=f"{2 * cores}GB",
        walltime="04:00:00",
        job_name="grading",
        python=sys.executable,
        log_directory="grading-logs",
        security=Security(
            tls_ca_file=str(certificates / "ca.pem"), require_encryption=True, **files, **grader
        ),
        scheduler_options={"port": port, "dashboard": False},
        worker_extra_args=["--preload", "autograder.running.worker", "--no-dashboard"],
        job_script_prologue=[f"export DASK_CONFIG={SETTINGS}"],
    )


def main() -> None:
    """Start the jobs, and say what to grade with."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--certificates", type=Path, required=True, help="what certificates.sh has made")
    parser.add_argument("--jobs", type=int, default=4, help="how many workers")
    parser.add_argument("--cores", type=int, default=16, help="of each")
    parser.add_argument("--port", type=int, default=8786, help="of the scheduler")
    parser.add_argument("--show", action="store_true", help="print the job's script, and start nothing")
    options = parser.parse_args()
    dask.config.update(dask.config.config, dask.config.collect([str(SETTINGS)], env={}))
    with cluster(options.certificates.resolve(), options.cores, options.port) as running:
        if options.show:
            print(running.job_script())
            return
        running.scale(jobs=options.jobs)
        print(f"autograder grade --scheduler {running.scheduler_address}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
