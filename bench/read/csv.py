"""The peer of csv.mjs: reads the file with pyarrow on two threads, prints seconds, then peak megabytes."""
import resource
import sys
import time

import pyarrow as pa
import pyarrow.csv

pa.set_cpu_count(2)
start = time.perf_counter()
table = pyarrow.csv.read_csv(sys.argv[1])
seconds = time.perf_counter() - start
assert table.num_columns == 20
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, table.num_rows)
