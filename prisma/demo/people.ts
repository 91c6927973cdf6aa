// Who buys in the demo. Addresses end in .example, which nobody can own (RFC 2606); hours are those from UTC.

/** A customer, and where their working day lies. */
export type Person = { email: string; name: string; hours: number; isCompany: boolean }

const person = (name: string, email: string, hours: number): Person => ({ name, email, hours, isCompany: false })
const company = (name: string, email: string, hours: number): Person => ({ name, email, hours, isCompany: true })

export const writers = [
  person('Tomás Herrera', 'tomas@herrera.example', -6),
  person('Maya Okafor', 'maya.okafor@lagosreview.example', 1),
  person('Lucia Moretti', 'lucia@moretti.example', 1),
  person('Sam Whitaker', 'sam@whitaker.example', 0),
  person('Hana Satō', 'hana.sato@tategaki.example', 9),
  person('Oskar Nilsen', 'oskar@nilsen.example', 1),
  person('Amélie Fournier', 'amelie@fournier.example', 1),
  person('Kofi Mensah', 'kofi.mensah@accrapost.example', 0),
  person('Ingrid Solberg', 'ingrid@solberg.example', 1),
  person('Rafael Azevedo', 'rafael@azevedo.example', -3),
  person('Zofia Kowalczyk', 'zofia.kowalczyk@pismo.example', 1),
  person('Arjun Mehta', 'arjun@mehta.example', 5),
  person('Mei-Ling Chen', 'meiling@chen.example', 8),
  person('Daniel Oyelaran', 'daniel.oyelaran@inkandoak.example', 1),
  person('Sofía Castillo', 'sofia@castillo.example', -5),
  person('Yusuf Demir', 'yusuf@demir.example', 3),
  person('Clara Lindgren', 'clara.lindgren@bokhuset.example', 1),
  person('Noah Friedman', 'noah@friedman.example', -5),
  person('Aoife Byrne', 'aoife@byrne.example', 0),
  person('Mateo Rossi', 'mateo.rossi@galleypress.example', -3),
  person('Leila Haddad', 'leila@haddad.example', 2),
  person('Pieter de Vries', 'pieter@devries.example', 1),
  person('Nguyễn Minh Anh', 'minhanh@nguyen.example', 7),
  person('Katarína Novák', 'katarina@novak.example', 1),
  person('Ethan Brooks', 'ethan@brooks.example', -8),
  person('Chiara Conti', 'chiara@conti.example', 1),
  person('Jun-ho Park', 'junho@park.example', 9),
  person('Thandiwe Nkosi', 'thandiwe.nkosi@karoobooks.example', 2),
  person('Viktor Horváth', 'viktor@horvath.example', 1),
  person('Anneli Virtanen', 'anneli@virtanen.example', 2),
  person('Gabriel Tremblay', 'gabriel@tremblay.example', -5),
  person('Dina Rahman', 'dina.rahman@deltapress.example', 6),
  person('Freya Jónsdóttir', 'freya@jonsdottir.example', 0),
  person('Marcus Webb', 'marcus@webb.example', -6),
  person('Elif Yıldız', 'elif@yildiz.example', 3),
  person('Paulina Ortega', 'paulina@ortega.example', -6),
  person('Stefan Ionescu', 'stefan@ionescu.example', 2),
  person('Grace Tan', 'grace.tan@merlionmag.example', 8),
]

export const offices = [
  company('Blue Harbor GmbH', 'it@blueharbor.example', 1),
  company('Fernweh Verlag', 'lizenzen@fernweh.example', 1),
  company('Atelier Nord', 'contact@ateliernord.example', 1),
  company('Harcourt & Lane', 'admin@harcourtlane.example', 0),
  company('Editorial Ceiba', 'sistemas@ceiba.example', -5),
  company('Kestrel Legal LLP', 'it@kestrellegal.example', 0),
  company('Sakura Publishing', 'it-desk@sakurapub.example', 9),
  company('Maple Row Media', 'ops@maplerow.example', -5),
  company('Tidewater Review', 'office@tidewater.example', -4),
  company('Wattle Creek Press', 'admin@wattlecreek.example', 10),
  company('Osteria Digitale', 'ufficio@osteriadigitale.example', 1),
  company('Savanna Stories', 'tech@savannastories.example', 3),
]

export const developers = [
  company('Kite Labs', 'platform@kitelabs.example', -8),
  company('Orbit Analytics', 'dev@orbitanalytics.example', 0),
  company('Meridian Health', 'integrations@meridianhealth.example', -5),
  company('Papertrail Cloud', 'billing@papertrail.example', 1),
  company('Quill & Byte', 'hello@quillandbyte.example', 2),
  company('Lumen Courseware', 'engineering@lumencourse.example', 5),
  company('Brightloom', 'api@brightloom.example', -7),
  company('Noroeste Datos', 'datos@noroeste.example', 0),
]

/** Northfield's other customers. */
export const researchers = [
  person('Elin Strand', 'elin@strand.example', 1),
  person('Bashir Karimi', 'bashir@karimi.example', 4),
  person('Rosa Delgado', 'rosa@delgado.example', -5),
  person('Finn Gallagher', 'finn@gallagher.example', 0),
]
