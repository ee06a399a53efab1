"""What differs between platforms: storage, builders, accelerators and how much a Model needs."""
