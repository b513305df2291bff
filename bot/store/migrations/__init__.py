"""The schema, one numbered file a step; see `bot.store.migrator`."""
