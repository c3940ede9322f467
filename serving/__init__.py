"""serving: the bank API, the portal, the reports, and the records that let each answer be replayed."""
