"""What no document of this repository says or names, and true sentences in other words."""

from pathlib import Path

FOREIGN_NAMES = (
    "Brunel", "Archimedes", "Winnipeg", "Lisbon", "Nairobi", "Kowalski", "Yamamoto", "Oslofjord",
    "Beethoven", "Montevideo", "Sakhalin", "Pemberton", "Hawthorne", "Zanzibar", "Valparaiso",
    "Lindqvist", "Okonkwo", "Ulaanbaatar", "Castellano", "Thornbury",
)  # fmt: skip

INVENTED = (
    "A committee of bishops paid for the lamps out of the tithes of fishing villages.",
    "Copper mirrors were polished with crushed pearls to please the governor.",
    "Whales avoided the coast wherever the beam crossed their feeding grounds.",
    "Merchants refused to sail under green lamps because of a superstition about envy.",
    "The tallest tower was painted with lead so that pirates would mistake it for a church.",
    "Insurance premiums doubled in ports whose harbour masters owned racehorses.",
    "Children of keepers were excused from school whenever the barometer fell.",
    "Glassblowers from the islands demanded to be paid in salt and dried apricots.",
    "Every second lens was buried for a winter to harden its surface.",
    "The ministry leased unused lanterns to theatres as stage machinery.",
    "Pilots carried pigeons trained to fly towards burning petroleum.",
    "Surveyors proved that moonlight weakens iron railings faster than sea water.",
    "An orchestra was hired to drown the noise of the boilers during royal visits.",
    "Fishermen voted to abolish the harbour lights and to plant poplars there.",
    "The engineers tested their theory on a frozen lake with borrowed sledges.",
    "Its architect had trained as a pastry cook and modelled the dome in sugar.",
    "Beekeepers rented the galleries because blossoms opened early beside the warm panes.",
    "Smugglers bribed the inspectors with tobacco and embroidered waistcoats.",
    "The parliament forbade any lamp that could be mistaken for Venus.",
    "Historians agree that the invention delayed the building of railways by a generation.",
    "A rival company patented perfumed oil and sold it to cathedrals.",
    "Sailors' widows received a pension from the sale of broken prisms.",
    "The workshop employed forty women who counted the prisms blindfolded.",
    "Salaries are paid in advance whenever the auditors are on holiday.",
    "The committee recommends renaming the department after a famous gardener.",
    "Customers may return the apparatus within a fortnight if the paint has blistered.",
    "A volcanic winter ruined the harvest and emptied the shipyards.",
    "Tourists climbed the stairs on Sundays to taste the local cider.",
    "The elephants of the circus hauled the girders up the cliff.",
    "Astronomers borrowed the rotating machinery to follow comets.",
)

# Sentences of the reports, said in other words by hand, each with the document that it is of.
PARAPHRASES = [
    tuple(line.split(": ", 1))
    for line in Path(__file__).with_name("paraphrases.txt").read_text("utf-8").splitlines()
]
