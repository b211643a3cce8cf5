"""Sectors: the sections of the Standaard Bedrijfsindeling (CBS, SBI 2025; the same letters as NACE 2.1)."""

from webapp.foundation.texts import N_

SECTORS = {
    "A": N_("Farming, forestry and fishing"), "B": N_("Mining"), "C": N_("Industry"), "D": N_("Energy"), "E": N_("Water and waste"), "F": N_("Building"),
    "G": N_("Trade and shops"), "H": N_("Transport and storage"), "I": N_("Hotels, restaurants and cafés"), "J": N_("Publishing and media"),
    "K": N_("Telecom and IT"), "L": N_("Finance"), "M": N_("Property"), "N": N_("Specialist services"), "O": N_("Rental and other business services, cleaning and gardens"),
    "P": N_("Government"), "Q": N_("Education"), "R": N_("Care and welfare"), "S": N_("Culture, sport and recreation"), "T": N_("Other services"),
    "U": N_("Households"), "V": N_("International organisations"),
}  # fmt: skip
