/**
 * To be loaded before DuckDB's library, which reads it as it starts. On Linux the library brings jemalloc, which keeps freed
 * memory for a second in as many arenas as there are threads: a fifth of the peak. One arena that gives back what was not used
 * for a tenth of a second costs no time that can be measured (docs/benchmarks.md). Where the library has another allocator
 * nothing reads it, and what the operator has set stays.
 */
process.env.DUCKDB_JE_MALLOC_CONF ??= 'narenas:1,dirty_decay_ms:100,muzzy_decay_ms:0,background_thread:true';
