import { hash, shuffle } from "./random.ts";

const kinds = words(`
  Amber Ancient Arctic Ashen Blazing Boreal Brass Bright Bronze Burning Cinder Cobalt Copper Coral Crescent Crimson Crystal
  Dark Dawn Desert Diamond Distant Dusk Ebony Electric Emerald Endless Eternal Fabled Fearless Feral Fierce First Flying Forgotten
  Frost Frozen Gentle Ghost Gilded Glacial Golden Granite Grim Hidden High Hollow Hungry Idle Iron Ivory Jade Jolly Last Laughing
  Lone Lost Loyal Lucky Lunar Marble Merry Midnight Misty Molten Mystic Neon Night Noble Northern Obsidian Ocean Opal Pale Phantom
  Polar Proud Purple Quiet Rapid Raven Restless Rising Roaring Royal Ruby Runic Sacred Salty Sapphire Scarlet Secret Shadow Silent
  Silver Sleepy Solar Solemn Southern Steel Stone Storm Sunken Swift Thunder Tidal Twilight Velvet Violet Wandering Wicked Wild Winter
`);
const things = words(`
  Admirals Anchors Archers Arrows Axes Badgers Bandits Banners Bards Bears Blades Brigade Buccaneers Cavaliers Cobras Comets Company
  Corsairs Council Coyotes Crew Crows Crusaders Daggers Dragons Dreamers Drifters Druids Eagles Embers Falcons Foxes Giants Gladiators
  Griffins Guard Guardians Hammers Harpies Harriers Hawks Herons Horde Hounds Hunters Hydras Jackals Jaguars Keepers Kings Knights
  Kraken Lancers Legion Leopards Lions Lynxes Mages Mammoths Marauders Mariners Monks Nomads Oracles Order Otters Outlaws Owls Panthers
  Paladins Pandas Phoenixes Pilgrims Pilots Pioneers Pirates Raiders Rangers Ravens Rebels Riders Rogues Sailors Scouts Sentinels
  Serpents Sharks Shields Smiths Spartans Spiders Stags Strikers Tigers Titans Travellers Troopers Vanguard Vikings Vipers Wardens
  Wolves Wizards Wyverns
`);
const places = words(`
  Alba Arden Avalon Borea Caldera Cordova Delphi Eldora Elysium Esker Fjordland Galadon Halden Hespera Ilmarin Ithaca Jura Kestrel
  Kyoto Lisbon Lorien Marmara Meridian Nimbus Norwold Oran Orion Petra Quito Riga Sahara Samarkand Selene Sparta Tanis Thule Troy
  Tundra Umbra Valdora Verona Vesper Westmark Xanadu Yarrow Yukon Zanzibar Zephyr
`);

// Purpose of `hash`.
const naming = 19;

/** How many clans can be named. */
export const nameCount = kinds.length * things.length * (1 + places.length);

/**
 * The names of clans by their numbers from 0, each once: such as "Silent Otters", and, when all of these are used, "Silent Otters of
 * Thule".
 */
export function clanNames(seed: number): (clan: number) => string {
  const pairs = kinds.length * things.length;
  const { mix } = shuffle(pairs, hash(seed, pairs, naming));
  return (clan) => {
    let pair = mix(clan % pairs);
    while (pair >= pairs) pair = mix(pair);
    const name = `${kinds[pair % kinds.length]} ${things[Math.floor(pair / kinds.length)]}`;
    const round = Math.floor(clan / pairs);
    return round === 0 ? name : `${name} of ${places[(round - 1) % places.length]}`;
  };
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
