"""PostgreSQL as the store's engine: imported only where the settings name a server's address."""
