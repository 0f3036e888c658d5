//! Users and orders in memory, which know nothing of HTTP.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    errors::{Missing, Refused},
    orders::{NewOrder, Order, OrderId, OrderStatus},
    users::{NewUser, User, UserId},
};

/// The shop; clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shop {
    data: Arc<Mutex<Data>>,
}

#[derive(Debug, Default)]
struct Data {
    last: u32,
    users: BTreeMap<UserId, User>,
    orders: BTreeMap<OrderId, Order>,
    invoices: BTreeMap<OrderId, Vec<u8>>,
}

impl Data {
    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    fn email_is_taken(&self, email: &str, by_other_than: Option<UserId>) -> bool {
        let mut users = self.users.values();
        users.any(|it| it.email == email && Some(it.id) != by_other_than)
    }
}

impl Shop {
    fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn users(&self) -> Vec<User> {
        self.data().users.values().cloned().collect()
    }

    pub(crate) fn user(&self, id: UserId) -> Result<User, Missing> {
        self.data().users.get(&id).cloned().ok_or(Missing)
    }

    pub(crate) fn add_user(&self, new: NewUser) -> Result<User, Refused> {
        new.check()?;
        let mut data = self.data();
        if data.email_is_taken(&new.email, None) {
            return Err(Refused::Conflict("email: belongs to another user"));
        }
        let user = new.with_id(UserId(data.next()));
        data.users.insert(user.id, user.clone());
        Ok(user)
    }

    pub(crate) fn replace_user(&self, id: UserId, new: NewUser) -> Result<User, Refused> {
        new.check()?;
        let mut data = self.data();
        if !data.users.contains_key(&id) {
            return Err(Refused::Missing);
        }
        if data.email_is_taken(&new.email, Some(id)) {
            return Err(Refused::Conflict("email: belongs to another user"));
        }
        let user = new.with_id(id);
        data.users.insert(id, user.clone());
        Ok(user)
    }

    pub(crate) fn remove_user(&self, id: UserId) -> Result<(), Refused> {
        let mut data = self.data();
        if data.orders.values().any(|it| it.user == id) {
            return Err(Refused::Conflict("the user has orders"));
        }
        data.users.remove(&id).map(drop).ok_or(Refused::Missing)
    }

    pub(crate) fn orders(&self) -> Vec<Order> {
        self.data().orders.values().cloned().collect()
    }

    pub(crate) fn order(&self, id: OrderId) -> Result<Order, Missing> {
        self.data().orders.get(&id).cloned().ok_or(Missing)
    }

    pub(crate) fn add_order(&self, user: UserId, new: NewOrder) -> Result<Order, Refused> {
        new.check()?;
        let mut data = self.data();
        if !data.users.contains_key(&user) {
            return Err(Refused::Missing);
        }
        let order = new.with_id(OrderId(data.next()), user);
        data.orders.insert(order.id, order.clone());
        Ok(order)
    }

    pub(crate) fn cancel_order(&self, id: OrderId) -> Result<Order, Missing> {
        let mut data = self.data();
        let order = data.orders.get_mut(&id).ok_or(Missing)?;
        order.status = OrderStatus::Cancelled;
        Ok(order.clone())
    }

    pub(crate) fn invoice(&self, id: OrderId) -> Result<Vec<u8>, Missing> {
        self.data().invoices.get(&id).cloned().ok_or(Missing)
    }

    pub(crate) fn keep_invoice(&self, id: OrderId, invoice: Vec<u8>) -> Result<(), Missing> {
        let mut data = self.data();
        if !data.orders.contains_key(&id) {
            return Err(Missing);
        }
        data.invoices.insert(id, invoice);
        Ok(())
    }
}
