"""What other rooms may use of `backups`. They import nothing else from here."""

from assess.backups.archive import BackupError, Manifest
from assess.backups.backup import Backup, create_backup, remove_older
from assess.backups.restore import Restored, check_backup, restore_backup
from assess.backups.serving import RestoringError, announce_serving, start_serving
