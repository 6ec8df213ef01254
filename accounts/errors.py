class AuditIsFinalError(Exception):
    """Something tried to change or delete an entry of the audit log: a defect of ours."""
