"""The national reader-driver interface (SSCardDriver, 社会保障卡读写终端接口) that POS software calls today."""
