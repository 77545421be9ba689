"""All-reduce of an fp32 array over Gloo between processes of this machine, as `hybnext bench allreduce` measures its own.

Arguments: number of processes, size of the array in MiB, number of timed all-reduces. Prints the median time of one on
rank 0 and the processor time of one over all processes, in seconds.
"""

import socket
import statistics
import sys
import time
import warnings

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

WARM_UP = 10


def measure(rank, world, mib, iterations, port):
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=world)
    values = torch.full((mib << 18,), float(rank))
    dist.all_reduce(values)
    if values.unique().tolist() != [world * (world - 1) / 2]:
        raise SystemExit("the sums are wrong")
    values.zero_()  # sums of sums would overflow
    for _ in range(WARM_UP):
        dist.all_reduce(values)
    dist.barrier()
    processor, times = time.process_time(), []
    for _ in range(iterations):
        start = time.perf_counter()
        dist.all_reduce(values)
        times.append(time.perf_counter() - start)
    spent = torch.tensor([(time.process_time() - processor) / iterations], dtype=torch.float64)
    dist.all_reduce(spent)
    if rank == 0:
        print(statistics.median(times), spent.item(), flush=True)
    dist.destroy_process_group()


def main():
    world, mib, iterations = map(int, sys.argv[1:4])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mp.spawn(measure, (world, mib, iterations, port), nprocs=world)


if __name__ == "__main__":
    main()
