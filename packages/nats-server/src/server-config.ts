/** A nats-server configuration, as the JSON that nats-server reads. */
export interface ServerConfig {
  [key: string]: ConfigValue;
}

type ConfigValue = string | number | boolean | readonly ConfigValue[] | ServerConfig;

/** What decides the configuration of one server. */
export interface ConfigOptions {
  host: string;
  port: number;
  monitorPort: number;
  /** Where the server writes which ports it got. */
  portsDir: string;
  storeDir: string;
  serverName?: string | undefined;
  syncInterval?: string | undefined;
  maxFileStore?: number | undefined;
  maxMemoryStore?: number | undefined;
  cluster?: { name: string; port: number; routes: readonly string[] } | undefined;
  config?: ServerConfig | undefined;
}

/** Builds the configuration of a server with JetStream; the caller's own settings win, inside of blocks as well. */
export function buildConfig(options: ConfigOptions): ServerConfig {
  const { host, port, monitorPort, portsDir, storeDir, serverName, cluster, config = {} } = options;
  const { syncInterval, maxFileStore, maxMemoryStore } = options;
  const base: ServerConfig = {
    host,
    port,
    http: `${host}:${monitorPort}`,
    ports_file_dir: portsDir,
    ...(serverName && { server_name: serverName }),
    jetstream: {
      store_dir: storeDir,
      ...(syncInterval && { sync_interval: syncInterval }),
      ...(maxFileStore !== undefined && { max_file_store: maxFileStore }),
      ...(maxMemoryStore !== undefined && { max_memory_store: maxMemoryStore }),
    },
    ...(cluster && {
      cluster: { name: cluster.name, listen: `${host}:${cluster.port}`, routes: [...cluster.routes] },
    }),
  };
  return merge(base, config);
}

function merge(base: ServerConfig, over: ServerConfig): ServerConfig {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isBlock(below) && isBlock(value) ? merge(below, value) : value;
  }
  return merged;
}

function isBlock(value: ConfigValue | undefined): value is ServerConfig {
  return typeof value === "object" && !Array.isArray(value);
}
