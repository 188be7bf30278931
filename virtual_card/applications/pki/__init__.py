"""The PKI application of third-generation cards, behind the firewall, as far as it is published."""
